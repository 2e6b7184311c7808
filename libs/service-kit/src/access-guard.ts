import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Access } from './access.js';
import { rememberPrincipal } from './call.js';
import { routeOf } from './serves.js';

/** Lets a request through to its served method only for those whom the route names. */
export class AccessGuard implements CanActivate {
  constructor(private readonly access: Access) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = routeOf(context.getHandler());
    if (!route) return false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.access.admit(route, request);
    if (principal) rememberPrincipal(request, principal);
    return true;
  }
}

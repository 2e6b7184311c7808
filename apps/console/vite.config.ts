import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env['BATON_URL'] ?? 'http://127.0.0.1:8080';

/** `vite` serves the sources against a running instance; `vite build` writes what all-in-one serves at `/`. */
export default defineConfig({
  plugins: [react()],
  build: { outDir: 'dist', target: 'es2022', sourcemap: false, reportCompressedSize: true },
  server: { proxy: { '/api': api } },
});

import { standinApp } from '@standin/iris-ui/vite'
import { defineConfig } from 'vite'
import app from '../standin.config.ts'

export default defineConfig({ plugins: [standinApp(app)] })

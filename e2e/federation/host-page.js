// Takes the place of Manager's own loader: has Trackunit's packages, shares its React, and shows what a container exposes.

import { createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import * as contexts from '../../packages/iris-ui/src/stand-in/react-core-contexts.tsx'
import * as hooks from '../../packages/iris-ui/src/stand-in/react-core-hooks.ts'

window.trackunit = { contexts, hooks }
// biome-ignore lint/correctness/noUndeclaredDependencies: a container of module federation, no package
const { default: App } = await import('fleet_assistant/fleet-extension')
createRoot(document.getElementById('root')).render(createElement(StrictMode, null, createElement(App)))

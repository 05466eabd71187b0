// Shared modules are there only after a break: everything else stands behind this import.
void import('./host-page.js')

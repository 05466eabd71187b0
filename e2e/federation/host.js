// Shared modules are only available asynchronously, so everything else is behind this import.
void import('./host-page.js')

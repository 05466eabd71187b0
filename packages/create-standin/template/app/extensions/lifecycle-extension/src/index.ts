// Trackunit calls these when an account installs or uninstalls the app.
export { appInstalled, appUninstalled } from '@standin/iris-ui/trackunit'

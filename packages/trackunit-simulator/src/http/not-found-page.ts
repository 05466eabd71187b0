/** [seen] What the gateway answers for an address without its trailing slash, or a token without the scope. */
export const managerNotFoundPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Trackunit Manager</title><base href="/"></head>
<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body>
</html>
`

package sandbox

const pageHead = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/sandbox.css">
`

const authorizeTemplate = pageHead + `<title>Connect {{.App}}</title>
</head>
<body>
<main class="narrow">
<p class="note">Sandbox portal: not HubSpot, no real account</p>
<h1>Connect {{.App}} to a HubSpot account</h1>
<form method="post" action="{{.Action}}">
{{range $name, $value := .Query}}<input type="hidden" name="{{$name}}" value="{{$value}}">
{{end}}{{if .Accounts}}<fieldset>
<legend>Choose an account</legend>
{{range .Accounts}}<label class="choice"><input type="radio" name="account" value="{{.ID}}"{{if .Here}} checked{{else}} disabled{{end}}> <span>{{.Name}} <small>{{.ID}}{{if not .Here}}, not available in the sandbox{{end}}</small></span></label>
{{end}}</fieldset>
{{else}}<p>Account: <strong>{{.Domain}}</strong> <small>{{.Portal}}</small></p>
{{end}}<label for="user">Connect as</label>
<select id="user" name="user">
{{range $i, $user := .Users}}<option value="{{$user.Email}}"{{if eq $i 0}} selected{{end}}>{{$user.FirstName}} {{$user.LastName}} ({{$user.Email}})</option>
{{end}}</select>
<h2>The app will be able to</h2>
<ul class="scopes">{{range .Scopes}}<li>{{.Words}} <code>{{.Scope}}</code></li>
{{end}}</ul>
<p class="buttons">
<button id="authorize" type="submit" name="decision" value="allow">Connect app</button>
<button id="deny" type="submit" name="decision" value="deny" class="plain">Cancel</button>
</p>
</form>
</main>
</body>
</html>
`

const complaintTemplate = pageHead + `<title>Something is wrong</title>
</head>
<body>
<main class="narrow">
<h1>This did not work</h1>
<p id="error">{{.}}</p>
</main>
</body>
</html>
`

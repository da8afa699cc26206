package stats

import _ "embed"

// Schema is the JSON schema of what the JSON forms of "show info" and "show stat" write, in one line. It is the
// reference's, which tools compare.
//
//go:embed schema.json
var Schema string

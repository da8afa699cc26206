package config

// ErrorFile is the page for a status: "errorfile" or "errorloc".
type ErrorFile struct {
	Pos  Pos
	Path string // as written; "" for a location
	Data []byte // the file's bytes: a whole HTTP response
	// Location and Redirect are those of errorloc, errorloc302 and errorloc303:
	// the status becomes Redirect.
	Location string
	Redirect int
}

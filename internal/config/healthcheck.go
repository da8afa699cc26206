package config

// CheckSpec is how the servers of a backend are checked.
type CheckSpec struct {
	HTTP bool // option httpchk

	Method  string // "OPTIONS" when not set
	URI     string // "/" when not set
	Version string // "HTTP/1.0" when not set
	Headers []CheckHeader
	Body    string

	// Expect is nil without "http-check expect": then 2xx and 3xx are good.
	Expect *CheckExpect
}

// CheckHeader is a field of "http-check send hdr".
type CheckHeader struct{ Name, Value string }

// CheckExpect is "http-check expect status".
type CheckExpect struct {
	Pos    Pos
	Not    bool          // "!"
	Status []StatusRange //
}

// StatusRange is a range of HTTP statuses, both ends included.
type StatusRange struct{ Low, High int }

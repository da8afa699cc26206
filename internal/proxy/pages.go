package proxy

import (
	"strconv"

	"github.com/sluice-proxy/sluice/internal/rule"
)

// Page is a whole answer: its status line and fields without the empty line,
// and its body. An empty Head means that the connection is closed in silence,
// unless there is a Reply, which is made for each answer.
type Page struct {
	Status int // of the error, for the log: the page of a file may have another
	Head   []byte
	Body   []byte
	Reply  *rule.Reply // "http-error", nil otherwise
}

// Pages are the answers a proxy gives by itself, by status.
type Pages struct{ own map[int]*Page }

// page is one of the built-in answers.
type page struct {
	reason string
	text   string
}

var builtin = map[int]page{
	200: {"OK", "Service ready."},
	400: {"Bad request", "Your browser sent an invalid request."},
	401: {"Unauthorized", "You need a valid user and password to access this content."},
	403: {"Forbidden", "Request forbidden by administrative rules."},
	404: {"Not Found", "The resource could not be found."},
	405: {"Method Not Allowed", "A request was made of a resource using a request method not supported by that resource."},
	407: {"Unauthorized", "You need a valid user and password to access this content."},
	408: {"Request Time-out", "Your browser didn't send a complete request in time."},
	410: {"Gone", "The resource is no longer available and will not be available again."},
	413: {"Payload Too Large", "The request entity exceeds the maximum allowed."},
	414: {"URI Too Long", "The URI provided was too long for the server to process."},
	421: {"Misdirected Request", "Request sent to a non-authoritative server."},
	422: {"Unprocessable Content", "The server cannot process the contained instructions."},
	425: {"Too Early", "Your browser sent early data."},
	429: {"Too Many Requests", "You have sent too many requests in a given amount of time."},
	431: {"Request Header Fields Too Large", "Request Header Fields Too Large."},
	500: {"Internal Server Error", "An internal server error occurred."},
	501: {"Not Implemented", "The server does not support the functionality required to fulfill the request."},
	502: {"Bad Gateway", "The server returned an invalid or incomplete response."},
	503: {"Service Unavailable", "No server is available to handle this request."},
	504: {"Gateway Time-out", "The server didn't respond in time."},
}

// Reason returns the words that go with a status in the built-in answers.
func Reason(status int) string {
	if p, ok := builtin[status]; ok {
		return p.reason
	}
	return "Other"
}

// plain are the built-in answers, which all proxies share.
var plain = builtinPages()

func builtinPages() map[int]*Page {
	pages := make(map[int]*Page, len(builtin))
	for status, b := range builtin {
		body := "<html><body><h1>" + strconv.Itoa(status) + " " + b.reason + "</h1>\n" + b.text + "\n</body></html>\n"
		pages[status] = &Page{Status: status, Body: []byte(body),
			Head: []byte("HTTP/1.1 " + strconv.Itoa(status) + " " + b.reason + "\r\ncontent-length: " + strconv.Itoa(len(body)) +
				"\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n")}
	}
	return pages
}

// NewPages returns the built-in answers with some replaced ("errorfile").
func NewPages(files map[int]*Page) *Pages { return &Pages{files} }

// Own returns the page for a status that replaces the built-in one, nil without
// one.
func (p *Pages) Own(status int) *Page { return p.own[status] }

// Get returns the page for a status, that of 500 for an unknown one.
func (p *Pages) Get(status int) *Page {
	if _, known := plain[status]; !known && p.own[status] == nil {
		status = 500
	}
	if own := p.own[status]; own != nil {
		return own
	}
	return plain[status]
}

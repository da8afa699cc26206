package rule

// Predefined is one of the ACLs of manual 7.4.
type Predefined struct {
	Name  string
	Words []string // what it stands for
	Doc   string   // a sentence
}

// PredefinedACLs lists them all. Those whose fetch is not built yet are refused
// by name when a condition uses them.
func PredefinedACLs() []Predefined { return predefined }

var predefined = []Predefined{
	{"FALSE", []string{"always_false"},
		"Never matches."},
	{"HTTP", []string{"req.proto_http"},
		"Matches requests that are HTTP."},
	{"HTTP_1.0", []string{"req.ver", "1.0"},
		"Matches requests of HTTP 1.0."},
	{"HTTP_1.1", []string{"req.ver", "1.1"},
		"Matches requests of HTTP 1.1."},
	{"HTTP_2.0", []string{"req.ver", "2.0"},
		"Matches requests of HTTP 2."},
	{"HTTP_3.0", []string{"req.ver", "3.0"},
		"Matches requests of HTTP 3."},
	{"HTTP_CONTENT", []string{"req.hdr_val(content-length)", "gt", "0"},
		"Matches requests that announce a body by Content-Length."},
	{"HTTP_URL_ABS", []string{"url_reg", "^[^/:]*://"},
		"Matches targets with a scheme."},
	{"HTTP_URL_SLASH", []string{"url_beg", "/"},
		"Matches targets that begin with a slash."},
	{"HTTP_URL_STAR", []string{"url", "*"},
		"Matches the target *."},
	{"LOCALHOST", []string{"src", "127.0.0.1/8", "::1"},
		"Matches clients on this machine."},
	{"METH_CONNECT", []string{"method", "CONNECT"},
		"Matches CONNECT requests."},
	{"METH_DELETE", []string{"method", "DELETE"},
		"Matches DELETE requests."},
	{"METH_GET", []string{"method", "GET", "HEAD"},
		"Matches GET and HEAD requests."},
	{"METH_HEAD", []string{"method", "HEAD"},
		"Matches HEAD requests."},
	{"METH_OPTIONS", []string{"method", "OPTIONS"},
		"Matches OPTIONS requests."},
	{"METH_POST", []string{"method", "POST"},
		"Matches POST requests."},
	{"METH_PUT", []string{"method", "PUT"},
		"Matches PUT requests."},
	{"METH_TRACE", []string{"method", "TRACE"},
		"Matches TRACE requests."},
	{"RDP_COOKIE", []string{"req.rdp_cookie_cnt", "gt", "0"},
		"Matches requests that begin with an RDP cookie."},
	{"REQ_CONTENT", []string{"req.len", "gt", "0"},
		"Matches once there are bytes of the request."},
	{"TRUE", []string{"always_true"},
		"Always matches."},
	{"WAIT_END", []string{"wait_end"},
		"Matches once the inspection is over, and waits before."},
}

// predefine compiles a pre-defined ACL when it is first named; nil when there
// is none of that name, or when its fetch is not built yet (see notBuilt).
func (k *Compiler) predefine(name string) *ACL {
	if a, ok := k.predefined[name]; ok {
		return a
	}
	for _, p := range predefined {
		if p.Name != name {
			continue
		}
		a := &ACL{Name: name}
		if k.Test(a, p.Words) != nil {
			a = nil
		}
		if k.predefined == nil {
			k.predefined = map[string]*ACL{}
		}
		k.predefined[name] = a
		return a
	}
	return nil
}

// notBuilt says whether name is a pre-defined ACL that cannot be compiled yet.
func notBuilt(name string) bool {
	for _, p := range predefined {
		if p.Name == name {
			return true
		}
	}
	return false
}

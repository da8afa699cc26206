package check

import "github.com/sluice-proxy/sluice/internal/logs"

// UniqueID is the identifier of this check, made when it is first asked for by
// the "unique-id-format" of the backend (manual 4.2); nil when that has none.
func (r *run) UniqueID() []byte {
	if f := r.spec.UniqueID; f != nil && r.id == nil {
		r.id = []byte{} // what the format itself asks for finds nothing
		r.id = f.Append(nil, &logs.Entry{}, &r.ctx)
	}
	return r.id
}

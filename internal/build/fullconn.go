package build

import "github.com/sluice-proxy/sluice/internal/rule"

// SetFullconn gives each backend the load at which its servers take their
// "maxconn": as configured, or a tenth of what all frontends together can bring
// (manual 4.2, "fullconn"), rounded up and never none. To be called again when
// the limits of frontends change.
func (r *Runtime) SetFullconn() {
	brings := map[string]int64{}
	for _, fe := range r.Frontends {
		to := map[string]bool{}
		for _, c := range rule.CollectSwitch(fe.Spec) {
			if c.Dynamic == nil { // names made at run time may be any
				to[c.Name] = true
			}
		}
		switch {
		case fe.Spec.DefaultBackend != "":
			to[fe.Spec.DefaultBackend] = true
		case fe.Spec.Kind.IsBackend():
			to[fe.Name] = true
		}
		for name := range to {
			brings[name] += fe.MaxConn
		}
	}
	for _, be := range r.Backends {
		if be.Fullconn = int64(be.Spec.Fullconn); be.Fullconn == 0 {
			be.Fullconn = max((brings[be.Name]+9)/10, 1)
		}
	}
}

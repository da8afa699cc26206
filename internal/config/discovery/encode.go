package discovery

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluice-proxy/sluice/internal/config"
)

// MaxEncoded is the longest encoded Result that Decode reads.
const MaxEncoded = 4 << 20

// Encode returns the Result as JSON.
func (r *Result) Encode() ([]byte, error) { return json.Marshal(r) }

// Decode reads what Encode wrote, maybe in a process of another version: fields
// that it does not know are passed over. It trusts nothing.
func Decode(b []byte) (*Result, error) {
	if len(b) > MaxEncoded {
		return nil, fmt.Errorf("discovery result of %d bytes is too long", len(b))
	}
	r := &Result{MaxReloads: -1, LoadTimeout: -1, HangTimeout: -1, Draining: config.Draining{Timeout: -1}}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("discovery result: %w", err)
	}
	if r.MaxReloads < -1 {
		return nil, fmt.Errorf("discovery result: max_reloads %d", r.MaxReloads)
	}
	if r.LoadTimeout < -1 || r.HangTimeout < -1 {
		return nil, fmt.Errorf("discovery result: load_timeout %d, hang_timeout %d", r.LoadTimeout, r.HangTimeout)
	}
	if r.History < 0 || r.HistorySize < 0 {
		return nil, fmt.Errorf("discovery result: history %d, history_bytes %d", r.History, r.HistorySize)
	}
	if d := r.Draining; d.Timeout < -1 || d.Grace < 0 || d.Most < 0 || d.Memory < 0 {
		return nil, fmt.Errorf("discovery result: draining %+v", d)
	}
	for _, o := range r.EnvOps {
		one := o.Op == "setenv" || o.Op == "presetenv"
		if !one && o.Op != "unsetenv" && o.Op != "resetenv" || one && len(o.Names) != 1 {
			return nil, fmt.Errorf("discovery result: environment operation %q on %d names", o.Op, len(o.Names))
		}
	}
	if h := r.OnReload; h != nil && (len(h.Command) == 0 || !strings.HasPrefix(h.Command[0], "/")) {
		return nil, fmt.Errorf("discovery result: on_reload %q without the absolute path of a program", h.Command)
	}
	if len(r.Programs) > config.MaxPrograms {
		return nil, fmt.Errorf("discovery result: %d programs", len(r.Programs))
	}
	names := map[string]bool{}
	for _, p := range r.Programs {
		if p.Name == "" || names[p.Name] || len(p.Command) == 0 || p.Command[0] == "" {
			return nil, fmt.Errorf("discovery result: program %q without a name of its own or a command", p.Name)
		}
		names[p.Name] = true
	}
	return r, nil
}

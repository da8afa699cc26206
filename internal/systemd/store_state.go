package systemd

// StoreState is a Store as another program of the same process takes it over.
type StoreState struct {
	Limit  int               `json:"limit"`
	Names  map[string]string `json:"names"`   // by key
	IDs    map[string]uint64 `json:"sockets"` // by key
	Stale  []string          `json:"stale,omitempty"`
	Number int               `json:"number"`
}

// State returns what RestoreStore needs. A nil Store has none.
func (s *Store) State() *StoreState {
	if s == nil {
		return nil
	}
	v := &StoreState{Limit: s.limit, Names: map[string]string{}, IDs: map[string]uint64{}, Stale: s.stale, Number: s.number}
	for key, c := range s.stored {
		v.Names[key], v.IDs[key] = c.name, c.socket
	}
	return v
}

// RestoreStore is the store of the state; nil where there was none.
func RestoreStore(n *Notifier, v *StoreState) *Store {
	if v == nil || n == nil {
		return nil
	}
	s := &Store{notify: n, limit: v.Limit, stored: map[string]copied{}, stale: v.Stale, number: v.Number}
	for key, name := range v.Names {
		s.stored[key] = copied{name, v.IDs[key]}
	}
	return s
}

package diff

// InPlace says whether the worker that serves the old configuration can become
// one that serves the new.
type InPlace struct {
	Possible   bool        `json:"possible"`
	Operations []Operation `json:"operations,omitempty"`
	Reasons    []string    `json:"reasons,omitempty"` // why not
}

type Operation struct{}

func (c *comparison) inPlace() InPlace { return InPlace{} }

package main

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
)

// A bar is a group of bars under one name.
type bar struct {
	name   string
	values map[string]float64
}

// colours of the contestants, in their order.
var colours = []string{"#8c8c8c", "#1f6feb", "#2da44e", "#bf8700", "#a475f9"}

// plotBars writes plots/NAME.svg beside the results: horizontal bars, shorter is
// better.
func plotBars(s *settings, name, unit string, order []string, bars []bar) error {
	dir := filepath.Join(filepath.Dir(s.out), "plots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".svg"), []byte(barsSVG(unit, order, bars)), 0o644)
}

func barsSVG(unit string, order []string, bars []bar) string {
	const left, width, thick, gap, top = 190, 460, 14, 12, 34
	largest := 0.0
	for _, b := range bars {
		for _, v := range b.values {
			largest = max(largest, v)
		}
	}
	if largest == 0 {
		largest = 1
	}
	height := top + len(bars)*(len(order)*thick+gap) + gap
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", left+width+80, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><text x="8" y="20" fill="#444">%s</text>`+"\n", html.EscapeString(unit))
	for i, n := range order {
		x := left + i*100
		fmt.Fprintf(&b, `<rect x="%d" y="10" width="12" height="12" fill="%s"/><text x="%d" y="20">%s</text>`+"\n", x, colours[i%len(colours)], x+16, html.EscapeString(n))
	}
	y := top
	for _, g := range bars {
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-8, y+len(order)*thick/2+4, html.EscapeString(g.name))
		for i, n := range order {
			w := g.values[n] / largest * width
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/><text x="%.1f" y="%d" font-size="11">%.3g</text>`+"\n",
				left, y, w, thick-2, colours[i%len(colours)], left+w+4, y+thick-4, g.values[n])
			y += thick
		}
		y += gap
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// Command promnames prints the metrics that PromQL expressions refer to. Each line of its input is
// "where<TAB>expression"; each line of its output is "where<TAB>metric". An expression that does not
// parse ends it with the place and the reason.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "promnames:", err)
		os.Exit(1)
	}
}

func run() error {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		where, text, found := strings.Cut(lines.Text(), "\t")
		if !found {
			return fmt.Errorf("no tab in the line %q", lines.Text())
		}
		expression, err := parser.ParseExpr(text)
		if err != nil {
			return fmt.Errorf("%s: %w in %s", where, err, text)
		}
		for _, selectors := range parser.ExtractSelectors(expression) {
			name := "" // a selector without a name could be anything: it is printed, and refused by who reads
			for _, matcher := range selectors {
				if matcher.Name == labels.MetricName && matcher.Type == labels.MatchEqual {
					name = matcher.Value
				}
			}
			fmt.Printf("%s\t%s\n", where, name)
		}
	}
	return lines.Err()
}

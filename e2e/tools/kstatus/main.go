// What kstatus, the library with which Flux, kpt and others read a resource, thinks of resources.
//
//	kstatus FILE…   (or standard input)   YAML or JSON documents or Lists; one line each: kind/name TAB status TAB message
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

func main() {
	var err error
	if len(os.Args) == 1 {
		err = documents("standard input", os.Stdin)
	}
	for _, name := range os.Args[1:] {
		if err == nil {
			err = file(name)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kstatus:", err)
		os.Exit(1)
	}
}

func file(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return documents(name, f)
}

func documents(name string, from io.Reader) error {
	decoder := yaml.NewYAMLOrJSONDecoder(from, 4096)
	for {
		document := &unstructured.Unstructured{}
		err := decoder.Decode(document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !document.IsList() {
			if err := show(document); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		err = document.EachListItem(func(item runtime.Object) error { return show(item.(*unstructured.Unstructured)) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

func show(resource *unstructured.Unstructured) error {
	result, err := status.Compute(resource)
	if err != nil {
		return fmt.Errorf("%s/%s: %w", resource.GetKind(), resource.GetName(), err)
	}
	fmt.Printf("%s/%s\t%s\t%s\n", resource.GetKind(), resource.GetName(), result.Status, result.Message)
	return nil
}

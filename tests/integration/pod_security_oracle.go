// Judges the pods of a List (JSON, the file named first) by k8s.io/pod-security-admission.
//
// For each version 1.0 to 1.N (N is the second argument) and each pod that fails: "VERSION POD CHECK", and
// "VERSION POD LEVEL" with the level's name for what the level as a whole says.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// The newest form of a check that a version has; nil before its first.
func formOf(check policy.Check, version api.Version) policy.CheckPodFn {
	var form policy.CheckPodFn
	for _, v := range check.Versions {
		if !version.Older(v.MinimumVersion) {
			form = v.CheckPod
		}
	}
	return form
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var list corev1.PodList
	if err := json.Unmarshal(text, &list); err != nil {
		panic(err)
	}
	newest, _ := strconv.Atoi(os.Args[2])
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for minor := 0; minor <= newest; minor++ {
		version := api.MajorMinorVersion(1, minor)
		for i := range list.Items {
			pod := &list.Items[i]
			for _, check := range policy.DefaultChecks() {
				form := formOf(check, version)
				if form != nil && !form(&pod.ObjectMeta, &pod.Spec).Allowed {
					fmt.Fprintf(out, "1.%d %s %s\n", minor, pod.Name, check.ID)
				}
			}
			for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
				results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
				if !policy.AggregateCheckResults(results).Allowed {
					fmt.Fprintf(out, "1.%d %s %s\n", minor, pod.Name, level)
				}
			}
		}
	}
}

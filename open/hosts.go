package open

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// listed are the schemes that know several hosts, whose IPv6 addresses aren't the
// last to net/url.
var listed = []string{
	"memcached", "mongodb", "redis", "rediss", "redis-cluster", "rediss-cluster", "redis-sentinel", "rediss-sentinel",
}

var hostShape = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+(%25[0-9A-Za-z._~-]+)?\]|[^][:@%\s]*)(:[0-9]*)?$`)

// parseURL is url.Parse, and reads a list of hosts with IPv6 addresses in it,
// which net/url doesn't, into Host.
func parseURL(rawURL string) (*url.URL, error) {
	scheme, rest, _ := strings.Cut(rawURL, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	start := strings.LastIndex(rest[:end], "@") + 1
	hosts := rest[start:end]
	if !strings.Contains(hosts, ",") || !strings.Contains(hosts, "[") || !slices.Contains(listed, strings.ToLower(scheme)) {
		return url.Parse(rawURL)
	}
	for host := range strings.SplitSeq(hosts, ",") {
		if !hostShape.MatchString(host) {
			return nil, errURL
		}
	}
	u, err := url.Parse(scheme + "://" + rest[:start] + "localhost" + rest[end:])
	if err != nil {
		return nil, err
	}
	u.Host = strings.ReplaceAll(hosts, "%25", "%") // of a zone, as net/url has it
	return u, nil
}

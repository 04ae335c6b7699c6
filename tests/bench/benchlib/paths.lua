-- wrk: the lines of $BENCH_PATHS in turn, each a request; one JSON line at the end.
local requests, count, at = {}, 0, 0

function init(args)
  local headers = { ["Accept"] = os.getenv("BENCH_ACCEPT") or "*/*" }
  for path in io.lines(os.getenv("BENCH_PATHS")) do
    count = count + 1
    requests[count] = wrk.format("GET", path, headers)
  end
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"rps":%.2f,"p50_ms":%.3f,"p99_ms":%.3f,"bytes":%d,"status_errors":%d,"socket_errors":%d}\n',
    summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, summary.bytes / math.max(1, summary.requests), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end

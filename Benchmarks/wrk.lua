-- Sends the bodies of a file in turn, one a line, over connections that are kept alive.
--
-- Environment: BENCH_BODIES the file, BENCH_TOKEN the X-Chroma-Token (may be empty). A body may
-- hold MARK once: each request replaces it by a number of the same length that is never repeated.

local MARK = "@@@@@@@@@@@@"
local threads = 0

function setup(thread)
    thread:set("thread_number", threads)
    threads = threads + 1
end

function init()
    local headers = { ["Content-Type"] = "application/json" }
    local token = os.getenv("BENCH_TOKEN")
    if token and token ~= "" then headers["X-Chroma-Token"] = token end

    heads, tails, serial = {}, {}, 0
    for body in io.lines(os.getenv("BENCH_BODIES")) do
        -- A line may begin with a path of its own, up to a tab.
        local path, rest = body:match("^(/[^\t]*)\t(.*)$")
        local text = wrk.format("POST", path, headers, rest or body)
        local first, last = text:find(MARK, 1, true)
        heads[#heads + 1] = first and text:sub(1, first - 1) or text
        tails[#heads] = last and text:sub(last + 1)
    end
    -- Threads start far from each other, so that they don't ask the same thing at the same time.
    turn = thread_number * 131
end

function request()
    turn = turn % #heads + 1
    local tail = tails[turn]
    if not tail then return heads[turn] end
    serial = serial + 1
    return heads[turn] .. string.format("%02d%010d", thread_number, serial) .. tail
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '\n{"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end

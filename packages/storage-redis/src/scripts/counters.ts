/**
 * The arithmetic of `@tenon/core/rate-limit`, sum by sum in the same doubles. A counter is three numbers: start, current
 * and previous of a window (its length in milliseconds), or instant, level and nothing of gcra. `a` tells the algorithm
 * by its first letter. No tables are made here: making them took longer than counting.
 */
export const COUNTERS = `
local function bring_up(a, units, window, first, second, third, now)
  if a == 'g' then
    if not first then return now, 0, 0 end
    return math.max(first, now), math.max(second - math.max(now - first, 0) * units, 0), 0
  end
  local start = math.floor(now / window) * window
  local current, previous = 0, 0
  if first and first >= start then
    start, current, previous = first, second, third
  elseif first and first + window == start then
    previous = second
  end
  if a == 'f' then previous = 0 end
  return start, current, previous
end

local function charge(a, units, window, first, second, third, cost, now)
  if a == 'g' then
    second = second + cost * window
    return second <= units * window, second
  end
  second = second + cost
  if a == 'f' then return second <= units, second end
  local elapsed = math.max(now - first, 0)
  return third * (window - elapsed) + second * window <= units * window, second
end

local function refund(a, window, second, third, cost)
  if a == 'g' then return math.max(second - cost * window, 0), 0 end
  local current = math.max(second - cost, 0)
  return current, math.max(third - (cost - (second - current)), 0)
end

local function ends_at(a, units, window, first, second)
  if a == 's' then return first + 2 * window end
  if a == 'f' then return first + window end
  return first + math.ceil(second / units)
end
`;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Decides which of the events in flight to try next, oldest first. If some events of a batch fail and others are delivered, the destination works: what failed is tried again together with newer events, so that a
/// part of the destination that is down, such as a partition, does not hold up the others. After a batch of which nothing was delivered, its first event is tried alone; while attempts succeed, batch sizes
/// double. If a single event fails in all of its attempts, the next event is tried, and then all the others together. If they fail too, the destination is down. If one of them
/// succeeds, the first event is tried once more, because the destination may have recovered in between; if it fails again, it is a poison
/// message.
/// </summary>
internal sealed class RetryPlanner
{
    private readonly int _batchSize;
    private readonly int _maxAttempts;
    private int _size;
    private int _failuresOfFirst;
    private bool _triesSecond;
    private bool _triesOthers;
    private bool _triesFirstAgain;

    public RetryPlanner(int batchSize, int maxAttempts)
    {
        _batchSize = _size = batchSize;
        _maxAttempts = maxAttempts;
    }

    public enum RetryDecision
    {
        /// <summary>Continue at once.</summary>
        Continue,

        /// <summary>Wait, then continue.</summary>
        Wait,

        /// <summary>Others of the same attempt were delivered: wait, then try again those whose attempts are not exhausted.</summary>
        SomeFailed,

        /// <summary>Drop or postpone the first event, then continue.</summary>
        FirstIsPoison,

        /// <summary>The destination failed in all attempts.</summary>
        DestinationIsDown,
    }

    /// <summary>Returns the range of events to try next.</summary>
    public (int Start, int Count) Next(int available)
    {
        _triesSecond &= available > 1;
        _triesOthers &= available > 2;
        return _triesSecond ? (1, 1) : _triesOthers ? (2, available - 2) : (0, _triesFirstAgain ? 1 : Math.Min(_size, available));
    }

    /// <summary>Evaluates an attempt.</summary>
    /// <param name="tried">The number of events that were tried.</param>
    /// <param name="left">The number of them that failed transiently.</param>
    /// <param name="delivered">The number of them that were delivered.</param>
    /// <param name="available">The number of events in flight after the attempt.</param>
    public RetryDecision Evaluate(int tried, int left, int delivered, int available)
    {
        if (_triesSecond)
        {
            _triesSecond = false;
            _triesFirstAgain = left == 0;
            _triesOthers = left > 0 && available > 2;
            return ContinueIf(_triesFirstAgain || _triesOthers);
        }

        if (_triesOthers)
        {
            _triesOthers = false;
            _triesFirstAgain = left < tried;
            return ContinueIf(_triesFirstAgain);
        }

        if (_triesFirstAgain)
        {
            _triesFirstAgain = false;
            _failuresOfFirst = 0;
            if (left > 0)
            {
                return RetryDecision.FirstIsPoison;
            }
        }

        if (left == 0 || delivered > 0)
        {
            _failuresOfFirst = 0;
            _size = Math.Min(_size * 2, _batchSize);
            return left == 0 ? RetryDecision.Continue : RetryDecision.SomeFailed;
        }

        // Whatever the batch was, its first event must now be tried alone. A batch follows a success, after which there are no failures yet.
        _failuresOfFirst++;
        _size = 1;
        if (_failuresOfFirst < _maxAttempts || tried > 1)
        {
            return RetryDecision.Wait;
        }

        _failuresOfFirst = _maxAttempts;
        if (available > 1)
        {
            // At once: the longer the pause between the two, the likelier the destination recovers there and receives them in the wrong order.
            _triesSecond = true;
            return RetryDecision.Continue;
        }

        return ContinueIf(false);
    }

    private RetryDecision ContinueIf(bool hasMore)
    {
        _failuresOfFirst = hasMore ? _failuresOfFirst : 0;
        return hasMore ? RetryDecision.Continue : RetryDecision.DestinationIsDown;
    }
}

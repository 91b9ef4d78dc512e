namespace ExperimentFramework.DataPlane;

/// <summary>
/// What to try next with the events that are on their way to one destination, oldest first. A batch that fails is followed by its
/// first event alone; while that works, batches double. An event that fails by itself as often as it may is tried against the one
/// behind it. Where that one fails too the destination is down. Where it is taken the first is tried once more, because the destination may
/// have come back between the two; if it fails again it is poison.
/// </summary>
internal sealed class RetryPlanner
{
    private readonly int _batchSize;
    private readonly int _maxAttempts;
    private int _size;
    private int _failuresOfFirst;
    private bool _triesSecond;
    private bool _triesFirstAgain;

    public RetryPlanner(int batchSize, int maxAttempts)
    {
        _batchSize = _size = batchSize;
        _maxAttempts = maxAttempts;
    }

    public enum RetryDecision
    {
        /// <summary>Go on at once.</summary>
        Continue,

        /// <summary>Wait, then go on.</summary>
        Wait,

        /// <summary>Give the first event up, then go on.</summary>
        FirstIsPoison,

        /// <summary>The destination took nothing for as long as it may.</summary>
        DestinationIsDown,
    }

    /// <summary>Which of the events to try next.</summary>
    public (int Start, int Count) Next(int available)
    {
        _triesSecond &= available > 1;
        return _triesSecond ? (1, 1) : (0, _triesFirstAgain ? 1 : Math.Min(_size, available));
    }

    /// <summary>Draws the conclusion from an attempt.</summary>
    /// <param name="tried">How many events were tried.</param>
    /// <param name="left">How many of them the destination did not take now.</param>
    /// <param name="available">How many events are on their way after the attempt.</param>
    public RetryDecision Evaluate(int tried, int left, int available)
    {
        if (_triesSecond)
        {
            _triesSecond = false;
            _failuresOfFirst = 0;
            _triesFirstAgain = left == 0;
            return _triesFirstAgain ? RetryDecision.Continue : RetryDecision.DestinationIsDown;
        }

        if (_triesFirstAgain)
        {
            _triesFirstAgain = false;
            if (left > 0)
            {
                return RetryDecision.FirstIsPoison;
            }
        }

        if (left == 0)
        {
            _failuresOfFirst = 0;
            _size = Math.Min(_size * 2, _batchSize);
            return RetryDecision.Continue;
        }

        // Whatever the batch was, it is its first event's turn to show that it can be delivered.
        _failuresOfFirst = left < tried ? 1 : _failuresOfFirst + 1;
        _size = 1;
        if (_failuresOfFirst < _maxAttempts || tried > 1)
        {
            return RetryDecision.Wait;
        }

        _failuresOfFirst = _maxAttempts;
        if (available > 1)
        {
            // At once: the longer between the two, the likelier the destination comes back there, and gets them in the wrong order.
            _triesSecond = true;
            return RetryDecision.Continue;
        }

        _failuresOfFirst = 0;
        return RetryDecision.DestinationIsDown;
    }
}

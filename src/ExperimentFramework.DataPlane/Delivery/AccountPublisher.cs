namespace ExperimentFramework.DataPlane;

/// <summary>
/// Publishes an account to every destination, once per interval and at the end. Each destination has its own stream of accounts, because an event that is dropped in
/// front of one may be delivered by another.
/// </summary>
internal sealed class AccountPublisher
{
    private readonly PipelineContext _context;
    private readonly AccountFactory _accounts;
    private readonly AccountStream[] _streams;
    private readonly TimeSpan _interval;
    private readonly Func<bool> _hasEnded;
    private long _lastAt;

    /// <param name="destinations">The destinations.</param>
    /// <param name="hasEnded">Whether nothing more is handed to any destination.</param>
    /// <param name="context">What the parts of the pipeline share.</param>
    public AccountPublisher(IEnumerable<Destination> destinations, Func<bool> hasEnded, PipelineContext context)
    {
        _context = context;
        _accounts = new AccountFactory(context);
        _hasEnded = hasEnded;
        _interval = context.Options.Value.AccountingInterval;
        _lastAt = context.Time.GetTimestamp();
        _streams = [.. destinations.Select(destination => new AccountStream(destination, _accounts))];
        foreach (var stream in _streams)
        {
            stream.Destination.EndWith(() => CreateLast(stream));
        }
    }

    private bool IsEnabled => _context.Options.Value.IsEnabled(DataPlaneEventType.Accounting);

    /// <summary>Publishes the accounts if the interval has passed. Called by one thread at a time.</summary>
    public void PublishIfDue()
    {
        if (_context.Time.GetElapsedTime(_lastAt) >= _interval)
        {
            Publish();
        }
    }

    /// <summary>Publishes the accounts. An account that a destination has no room for is skipped: the next one contains its counts.</summary>
    public void Publish()
    {
        _lastAt = _context.Time.GetTimestamp();
        if (!IsEnabled)
        {
            return;
        }

        foreach (var stream in _streams)
        {
            _context.Metrics.CountPassedOn(stream.Publish());
        }
    }

    /// <summary>Closes the destinations that have no worker to publish their last accounts, and publishes those.</summary>
    public void EndImmediate()
    {
        foreach (var stream in _streams)
        {
            if (stream.Destination.IsImmediate && stream.Destination.TryEnd())
            {
                stream.Destination.PublishLast(CreateLast(stream));
            }
        }
    }

    /// <summary>Creates the last account of a destination that has settled everything else, as the events that are its parts; none if there can be none.</summary>
    private IReadOnlyList<DataPlaneEnvelope> CreateLast(AccountStream stream)
    {
        if (!IsEnabled || !_hasEnded())
        {
            return [];
        }

        var last = stream.CreateLast();
        _context.Metrics.CountPassedOn(last);
        return last;
    }
}

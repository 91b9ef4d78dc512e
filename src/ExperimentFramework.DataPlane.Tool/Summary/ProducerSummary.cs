namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a stream holds of one producer, and what its accounts say.</summary>
/// <param name="id">The producer's id.</param>
internal sealed class ProducerSummary(string id)
{
    private readonly Dictionary<string, long> _arrived = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DestinationAccounts> _accounts = new(StringComparer.Ordinal);
    private string? _latestCategory;
    private long _latestCount;

    public string Id => id;

    /// <summary>The events, without accounts and duplicates.</summary>
    public long Events { get; private set; }

    /// <summary>The times of its events and accounts.</summary>
    public TimeRange Times;

    /// <summary>What its accounts say, by destination.</summary>
    public IEnumerable<DestinationAccounts> Accounts => _accounts.Values.OrderBy(static account => account.Destination, StringComparer.Ordinal);

    /// <summary>The different events that arrived, by category.</summary>
    public IReadOnlyDictionary<string, long> Arrived
    {
        get
        {
            Flush();
            return _arrived;
        }
    }

    public void AddEvent(string category, DateTimeOffset time)
    {
        Events++;
        Times.Add(time);
        if (!ReferenceEquals(category, _latestCategory))
        {
            Flush();
            _latestCategory = category;
        }

        _latestCount++;
    }

    public DestinationAccounts AccountsOf(string destination)
    {
        if (!_accounts.TryGetValue(destination, out var accounts))
        {
            accounts = new DestinationAccounts(destination);
            _accounts.Add(destination, accounts);
        }

        return accounts;
    }

    private void Flush()
    {
        if (_latestCategory is { } category && _latestCount > 0)
        {
            _arrived[category] = _arrived.GetValueOrDefault(category) + _latestCount;
            _latestCount = 0;
        }
    }
}

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>What a stream holds of one producer, and what its accounts say.</summary>
/// <param name="id">The producer's id.</param>
internal sealed class ProducerSummary(string id)
{
    private const int MaxCategories = 64;
    private const int MaxDestinations = 64;

    private readonly Dictionary<string, long> _arrived = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DestinationAccounts> _accounts = new(StringComparer.Ordinal);
    private string? _latestCategory;
    private long _latestCount;

    public string Id => id;

    /// <summary>Whether it stands for all producers beyond those that have a summary of their own.</summary>
    public bool IsOthers => id == BoundedNames<ProducerSummary>.Other;

    /// <summary>Whether accounts were not kept, so that what is missing cannot be known: those of several producers together, and those for more than 64 destinations.</summary>
    public bool HasUnkeptAccounts { get; private set; }

    /// <summary>The times of its events and accounts.</summary>
    public TimeRange Times;

    /// <summary>What its accounts say, by destination.</summary>
    public IEnumerable<DestinationAccounts> Accounts => _accounts.Values.OrderBy(static account => account.Destination, StringComparer.Ordinal);

    /// <summary>The different events that arrived, by category; those of more than 64 categories together.</summary>
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
        Times.Add(time);
        if (!ReferenceEquals(category, _latestCategory))
        {
            Flush();
            _latestCategory = category;
        }

        _latestCount++;
    }

    public void Add(AccountingEvent account, DateTimeOffset time)
    {
        Times.Add(time);
        if (_accounts.TryGetValue(account.Destination, out var accounts))
        {
            accounts.Add(account);
        }
        else if (IsOthers || _accounts.Count >= MaxDestinations)
        {
            HasUnkeptAccounts = true;
        }
        else
        {
            accounts = new DestinationAccounts(account.Destination);
            accounts.Add(account);
            _accounts.Add(account.Destination, accounts);
        }
    }

    private void Flush()
    {
        if (_latestCategory is { } category && _latestCount > 0)
        {
            category = _arrived.Count < MaxCategories || _arrived.ContainsKey(category) ? category : BoundedNames<ProducerSummary>.Other;
            _arrived[category] = _arrived.GetValueOrDefault(category) + _latestCount;
            _latestCount = 0;
        }
    }
}

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The accounts of one producer for one destination. The latest of which all parts arrived replaces all before it.</summary>
/// <param name="destination">The destination.</param>
internal sealed class DestinationAccounts(string destination)
{
    /// <summary>Accounts of which parts are missing; the oldest is forgotten first.</summary>
    private const int MaxIncomplete = 4;

    /// <summary>An account of more parts never arrives whole.</summary>
    private const int MaxParts = 1_000;

    /// <summary>A clock that goes back by less is being adjusted.</summary>
    private static readonly TimeSpan Adjustment = TimeSpan.FromSeconds(1);

    private readonly SortedList<long, SortedList<long, AccountingEvent>> _incomplete = [];
    private (long Number, DateTimeOffset End) _latestEnd;

    public string Destination => destination;

    /// <summary>The number of the latest account of which all parts arrived; 0 if there is none.</summary>
    public long SequenceNumber { get; private set; }

    /// <summary>The parts of that account.</summary>
    public IReadOnlyList<AccountingEvent> Parts { get; private set; } = [];

    /// <summary>Whether that account is the producer's last one.</summary>
    public bool IsLast => Parts.Count > 0 && Parts[0].IsLast;

    /// <summary>The largest step back of the producer's clock between two of its accounts; zero if there was none.</summary>
    public TimeSpan ClockSetBack { get; private set; }

    /// <summary>Takes an account, or a part of one, in any order.</summary>
    public void Add(AccountingEvent part)
    {
        FollowClock(part);
        if (part.SequenceNumber <= SequenceNumber || part.PartCount > MaxParts || part.PartNumber > MaxParts)
        {
            return;
        }

        if (!_incomplete.TryGetValue(part.SequenceNumber, out var parts))
        {
            _incomplete.Add(part.SequenceNumber, parts = []);
        }

        parts[part.PartNumber] = part;
        if (parts.Count >= part.PartCount)
        {
            SequenceNumber = part.SequenceNumber;
            Parts = [.. parts.Values];
        }

        while (_incomplete.Count > 0 && (_incomplete.Keys[0] <= SequenceNumber || _incomplete.Count > MaxIncomplete))
        {
            _incomplete.RemoveAt(0);
        }
    }

    private void FollowClock(AccountingEvent part)
    {
        if (part.SequenceNumber > _latestEnd.Number)
        {
            if (_latestEnd.Number > 0 && _latestEnd.End - part.IntervalEnd is var back && back > Adjustment && back > ClockSetBack)
            {
                ClockSetBack = back;
            }

            _latestEnd = (part.SequenceNumber, part.IntervalEnd);
        }
    }
}

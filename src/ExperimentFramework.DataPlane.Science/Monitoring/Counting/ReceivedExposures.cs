using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Compares the exposures of one experiment that arrived with those that the accounts of their producers expect.</summary>
internal sealed class ReceivedExposures
{
    /// <summary>The maximum number of producers that are counted at the same time. Event ids that were not created by a pipeline can look like any number of producers.</summary>
    private const int MaxProducers = 256;

    private readonly Dictionary<ulong, Producer> _producers = [];
    private Producer? _latest;

    /// <summary>The producers.</summary>
    public IEnumerable<Producer> All => _producers.Values;

    /// <summary>The exposing calls of a variant in the latest accounts of all producers.</summary>
    public CallCounts CallsOf(int variant) => _producers.Values.Aggregate(default(CallCounts), (sum, producer) => variant < producer.Calls.Length ? sum + producer.Calls[variant] : sum);

    /// <summary>Counts an exposure that arrived.</summary>
    /// <param name="eventId">Its id, which identifies its producer.</param>
    public void Add(Guid eventId)
    {
        var number = ProducerId.NumberOf(eventId);
        var producer = _latest;
        if (producer is null || producer.Number != number)
        {
            if (!_producers.TryGetValue(number, out producer))
            {
                if (_producers.Count == MaxProducers)
                {
                    return;
                }

                _producers.Add(number, producer = new Producer { Number = number });
            }

            _latest = producer;
        }

        producer.Received++;
    }

    /// <summary>Applies an account. Whatever it counts was delivered before it, or never will be.</summary>
    /// <param name="account">The account, or any part of it.</param>
    /// <param name="expected">The exposures published and not dropped.</param>
    /// <param name="calls">The exposing calls, by the index of the assigned variant.</param>
    /// <param name="now">The time of processing.</param>
    public void SetExpected(AccountingEvent account, long expected, CallCounts[] calls, DateTimeOffset now)
    {
        if (!ulong.TryParse(account.ProducerId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return;
        }

        if (!_producers.TryGetValue(number, out var producer))
        {
            if (expected == 0 && calls.Length == 0)
            {
                return;
            }

            producer = new Producer { Number = number };
            if (_producers.Count == MaxProducers)
            {
                // Its exposures so far were not counted.
                producer.Uncounted = expected;
                _producers.Remove(_producers.Values.MinBy(static other => (other.AsOf ?? DateTimeOffset.MinValue, other.Received))!.Number);
                _latest = null;
            }

            _producers.Add(number, producer);
        }

        if (account.SequenceNumber <= producer.SequenceNumber)
        {
            // This account was already read, or is older than one that was.
            return;
        }

        if (producer.Destination is null && account.SequenceNumber > 1)
        {
            // What arrived with earlier accounts was not read, or has been forgotten.
            producer.Uncounted = Math.Max(0, expected - producer.Received);
        }

        producer.Calls = calls;
        producer.SetExpected(account, expected, now);
    }
}

using System.Globalization;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>The exposures of one experiment that arrived, next to those that the accounts of their producers expect.</summary>
internal sealed class ReceivedExposures
{
    /// <summary>The producers that are counted at the same time. Ids that no pipeline made look like any number of producers.</summary>
    private const int MaxProducers = 256;

    private readonly Dictionary<ulong, Producer> _producers = [];
    private Producer? _latest;

    /// <summary>The producers.</summary>
    public IEnumerable<Producer> All => _producers.Values;

    /// <summary>Counts an exposure that arrived.</summary>
    /// <param name="eventId">Its id, which names its producer.</param>
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

    /// <summary>Takes what an account says: whatever it counts arrived before it, or never will.</summary>
    /// <param name="producerId">The producer.</param>
    /// <param name="expected">The exposures published and not dropped.</param>
    /// <param name="asOf">The end of what the account counts.</param>
    /// <param name="isLast">Whether the producer has ended.</param>
    public void SetExpected(string producerId, long expected, DateTimeOffset asOf, bool isLast)
    {
        if (!ulong.TryParse(producerId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return;
        }

        if (!_producers.TryGetValue(number, out var producer))
        {
            if (expected == 0)
            {
                return;
            }

            producer = new Producer { Number = number };
            if (_producers.Count == MaxProducers)
            {
                // Its exposures until now were not counted.
                producer.Uncounted = expected;
                _producers.Remove(_producers.Values.MinBy(static other => (other.AsOf ?? DateTimeOffset.MinValue, other.Received))!.Number);
                _latest = null;
            }

            _producers.Add(number, producer);
        }

        producer.Expected = expected - producer.Uncounted;
        producer.ReceivedThen = producer.Received;
        producer.AsOf = asOf;
        producer.IsLast = isLast;
    }

    /// <summary>One producer.</summary>
    internal sealed class Producer
    {
        public required ulong Number { get; init; }

        /// <summary>The exposures that arrived until now.</summary>
        public long Received { get; set; }

        /// <summary>The exposures that had arrived when its latest account did.</summary>
        public long ReceivedThen { get; set; }

        /// <summary>The exposures that were published before it was counted.</summary>
        public long Uncounted { get; set; }

        /// <summary>The exposures that its latest account expects, without <see cref="Uncounted"/>.</summary>
        public long Expected { get; set; }

        /// <summary>The end of what that account counts; null without an account.</summary>
        public DateTimeOffset? AsOf { get; set; }

        /// <summary>Whether that account is the last.</summary>
        public bool IsLast { get; set; }
    }
}

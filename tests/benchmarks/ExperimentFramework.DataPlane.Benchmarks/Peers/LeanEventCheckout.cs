namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>A small event object to a destination that does nothing.</summary>
/// <param name="publish">Takes the event.</param>
public sealed class LeanEventCheckout(Action<LeanEventCheckout.LeanEvent> publish) : PeerCheckout
{
    protected override void Record(string user) => publish(new LeanEvent
    {
        Experiment = "checkout",
        Variant = "other",
        Subject = user,
        Reason = "fixed",
        Timestamp = TimeProvider.System.GetUtcNow(),
    });

    public sealed class LeanEvent
    {
        public required string Experiment { get; init; }

        public required string Variant { get; init; }

        public required string Subject { get; init; }

        public required string Reason { get; init; }

        public required DateTimeOffset Timestamp { get; init; }

        public object? Attributes { get; init; }

        public bool IsRepeat { get; init; }
    }
}

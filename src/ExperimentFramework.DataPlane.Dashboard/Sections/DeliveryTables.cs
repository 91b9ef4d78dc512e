using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The tables of the delivery of events to destinations.</summary>
internal static class DeliveryTables
{
    public const string DestinationsId = "destinations";

    public static Table Destinations(IReadOnlyList<DestinationOverview> destinations) => new(
        DestinationsId,
        "Destinations of this process",
        [
            new("destination", "Destination"), new("state", "State"), TableColumn.Count("queued", "Events waiting in memory"), TableColumn.Count("inOutbox", "In the outbox"), TableColumn.Count("delivered", "Delivered"),
            TableColumn.Count("dropped", "Lost"), new("failingSince", "Failing since"), new("outageFrom", "Last outage from"), new("outageUntil", "Last outage until"), new("lastError", "Last error"),
        ],
        [.. destinations.Select(static destination => new object?[]
        {
            destination.Name, TextOf(destination.State).Text, (long)destination.Queued, destination.InOutbox, destination.Delivered, destination.Dropped, destination.FailingSince, destination.LastOutage?.From,
            destination.LastOutage?.Until, destination.LastError,
        })])
    {
        Decorate = (row, column) => column switch
        {
            1 => Write(destinations[row].State),
            5 when destinations[row].Dropped > 0 => HtmlText.Of($"<strong>{destinations[row].Dropped:N0}</strong>"),
            _ => null,
        },
    };

    public static Table Drops(ExperimentDetail detail) => new(
        "drops",
        "Events of the experiment that did not reach a destination",
        [new("destination", "Destination"), new("variant", "Variant"), new("event", "Event"), new("reason", "Reason"), TableColumn.Count("events", "Events")],
        [.. detail.Drops.Select(static drop => new object?[] { drop.Destination == "pipeline" ? "all of them" : drop.Destination, drop.Variant.Length == 0 ? null : drop.Variant, drop.EventType, drop.Reason, drop.Events })])
    {
        Empty = "None since this process started.",
    };

    /// <summary>Describes destinations that do not accept events, in sentences; empty if all do. It contains no numbers, because each change is read aloud.</summary>
    public static HtmlText Problems(IReadOnlyList<DestinationOverview> destinations) => HtmlText.Join(destinations
        .Where(static destination => destination.State >= DestinationState.Retrying)
        .Select(static destination => HtmlText.Of($" <strong>Destination {destination.Name}: {TextOf(destination.State).Text}{(destination.InOutbox > 0 ? "; events wait in the outbox" : string.Empty)}.</strong>")));

    private static HtmlText Write(DestinationState state)
    {
        var (name, symbol, text) = TextOf(state);
        return HtmlText.Of($"<span class=\"state {name}\"><span aria-hidden=\"true\">{symbol}</span> {text}</span>");
    }

    private static (string Name, string Symbol, string Text) TextOf(DestinationState state) => state switch
    {
        DestinationState.Delivering => ("healthy", "✓", "delivering"),
        DestinationState.CatchingUp => ("gathering", "…", "catching up from the outbox"),
        DestinationState.Retrying => ("warning", "!", "failing, being retried"),
        DestinationState.Failing => ("mismatch", "✕", "failing for a minute or longer, being retried"),
        _ => ("mismatch", "✕", "losing events"),
    };
}

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The example of docs/how-to/write-an-outbox.md.</summary>
public sealed class InMemoryEventOutboxTests : EventOutboxContract
{
    protected override IEventOutbox CreateOutbox() => new InMemoryEventOutbox(capacity: 200);

    [Fact]
    public void The_page_shows_the_example_as_it_is()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Tests, "Delivery/Outbox/InMemoryEventOutbox.cs"));

        Assert.Contains(source[source.IndexOf("///", StringComparison.Ordinal)..], File.ReadAllText(Path.Combine(Repository.Docs, "how-to/write-an-outbox.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_as_many_events_are_accepted_as_there_is_capacity_for() =>
        Assert.Equal(2, new InMemoryEventOutbox(capacity: 2).Append("d", Events(0, 3), _ => { }));
}

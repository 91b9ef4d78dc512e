namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The example of docs/how-to/write-an-outbox.md.</summary>
public sealed class InMemoryEventOutboxTests : EventOutboxContract
{
    protected override IEventOutbox CreateOutbox() => new InMemoryEventOutbox(capacity: 200);

    protected override IEventOutbox CreateSmallOutbox() => new InMemoryEventOutbox(capacity: 2);

    protected override IEventOutbox? Damage(IEventOutbox outbox, long position) => null;

    [Fact]
    public void The_page_shows_the_example_as_it_is()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Tests, "Delivery/Outbox/InMemoryEventOutbox.cs"));

        Assert.Contains(source[source.IndexOf("///", StringComparison.Ordinal)..], File.ReadAllText(Path.Combine(Repository.Docs, "how-to/write-an-outbox.md")), StringComparison.Ordinal);
    }
}

namespace ExperimentFramework.DataPlane.Tests.Assignment;

public sealed class InMemoryAssignmentStoreTests : AssignmentStoreForgetContract
{
    protected override ValueTask<IAssignmentStore> CreateAsync() => new(new InMemoryAssignmentStore());

    [Fact]
    public void The_subject_used_least_recently_is_forgotten_and_counted()
    {
        var store = new InMemoryAssignmentStore(3);
        foreach (var subject in new[] { "a", "b", "c" })
        {
            Assign(store, subject);
        }

        Find(store, "c");
        Find(store, "a");
        Assign(store, "b");
        Assign(store, "d");

        Assert.Equal([true, true, false, true], new[] { "a", "b", "c", "d" }.Select(subject => Find(store, subject) is not null));
        Assert.Equal((3, 3, 1L), (store.Diagnostics["capacity"], store.Diagnostics["count"], store.Diagnostics["forgotten"]));
    }

    [Fact]
    public void A_capacity_below_one_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryAssignmentStore(0));

    private static StoredAssignment? Find(InMemoryAssignmentStore store, string subject) => store.Find(new AssignmentKey("e", subject), default);

    private static void Assign(InMemoryAssignmentStore store, string subject) =>
        store.Assign(new AssignmentKey("e", subject), new StoredAssignment("b"), null, default);
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>After a sign-in, the assignment of the previous subject is only read, and no caller waits for it.</summary>
public sealed class SignInTests
{
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task A_stored_assignment_of_the_previous_subject_is_compared_and_read_once()
    {
        _store.Put("v1", "b");
        await using var fixture = Signed();

        for (var request = 0; request < 3; request++)
        {
            await GreetAsync(fixture);
        }

        Assert.Equal([("b", "control", "identity-changed")], fixture.ChangesOf("u1"));
        Assert.Equal(2, _store.Questions);
    }

    [Fact]
    public async Task A_previous_subject_that_the_store_does_not_know_gets_no_row()
    {
        await using var fixture = Signed(ofVisitors: "b");

        await GreetAsync(fixture);

        Assert.Null(_store.Standing("v1"));
        Assert.Equal("control", _store.Standing("u1"));
        Assert.Equal([("b", "control", "identity-changed")], fixture.ChangesOf("u1"));
    }

    [Fact]
    public async Task The_call_does_not_wait_for_the_previous_subject()
    {
        _store.Put("v1", "b");
        _store.Hang = new TaskCompletionSource();
        await using var fixture = Signed();

        await GreetAsync(fixture);
        Assert.Single(fixture.Exposures);
        Assert.Empty(fixture.Changes);
        _store.Hang.SetResult();

        await Eventually.Holds(() => fixture.Changes.Count == 1);
    }

    [Fact]
    public async Task A_previous_subject_about_which_the_store_says_nothing_is_not_compared()
    {
        _store.Fault = subject => subject == "v1" ? new IOException("down for v1") : null;
        await using var fixture = Signed(ofVisitors: "b");

        await GreetAsync(fixture);

        Assert.Empty(fixture.Changes);
        Assert.Equal(0, fixture.Get<AssignmentStores>().All.Sum(store => store.WriteBehind.Count));
    }

    [Theory]
    [InlineData(false, 1.0)]
    [InlineData(true, 0.0)]
    public async Task The_store_is_not_queried_if_no_event_can_come_of_it(bool areEventsOn, double samplingRate)
    {
        _store.Put("v1", "b");
        await using var fixture = Signed(options: options => (options.EnableAssignmentEvents, options.SamplingRate) = (areEventsOn, samplingRate));

        await GreetAsync(fixture);

        Assert.Equal(1, _store.Questions);
        Assert.Empty(fixture.Changes);
    }

    private static async Task GreetAsync(DataPlaneFixture fixture)
    {
        await using var scope = fixture.Scope();
        scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();
    }

    private DataPlaneFixture Signed(string ofVisitors = "control", Action<DataPlaneOptions>? options = null) => DataPlaneFixture.Greeting(
        trial => trial.Using(new ById(ofVisitors)).WithPolicy(AssignmentPolicy.SubjectSticky),
        options,
        services => services.AddAssignmentStore(_store).AddScoped<ISubjectIdentityProvider, User>());

    private sealed class ById(string ofVisitors) : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new(context.SubjectId == "v1" ? ofVisitors : "control", "computed");
    }

    /// <summary>The user u1, who was the subject v1 before signing in.</summary>
    private sealed class User : ISubjectIdentityProvider
    {
        public string SubjectType => "user";

        public bool TryGetSubjectId([NotNullWhen(true)] out string? subjectId)
        {
            subjectId = "u1";
            return true;
        }

        public bool TryGetPreviousSubject([NotNullWhen(true)] out string? subjectId, out string? subjectType)
        {
            (subjectId, subjectType) = ("v1", "user");
            return true;
        }
    }
}

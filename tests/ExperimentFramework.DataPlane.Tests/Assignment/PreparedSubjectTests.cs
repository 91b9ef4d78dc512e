using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>Assignments that are fetched ahead of the calls that need them, as long as anybody waits for them.</summary>
public sealed class PreparedSubjectTests : IAsyncDisposable
{
    private readonly FaultyStore _store = new() { Hang = new TaskCompletionSource() };
    private readonly DataPlaneFixture _lab;

    public PreparedSubjectTests() => _lab = DataPlaneFixture.Greeting(
        trial => trial.Using(new FixedSelector("b")).WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddAssignmentStore(_store));

    [Fact]
    public async Task Whoever_has_cancelled_already_asks_no_store()
    {
        await using var scope = _lab.Scope();

        var prepared = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user", null, new CancellationToken(canceled: true));

        Assert.True(prepared.IsCanceled);
        Assert.Equal(0, _store.Questions);
    }

    [Fact]
    public async Task Whoever_cancels_waits_no_longer_and_the_question_goes_on()
    {
        await using var scope = _lab.Scope();
        using var cancellation = new CancellationTokenSource();

        var prepared = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user", null, cancellation.Token).AsTask();
        Assert.False(prepared.IsCompleted);
        await cancellation.CancelAsync();

        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prepared)).CancellationToken);
        _store.Hang!.SetResult();
        await _lab.Time.AdvanceUntil(() => _store.Standing("u1") == "b", TimeSpan.Zero);
    }

    [Fact]
    public async Task Without_an_experiment_that_has_a_store_there_is_nothing_to_wait_for_or_to_cancel()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")));
        await using var scope = fixture.Scope();

        var prepared = scope.ServiceProvider.GetRequiredService<ISubjectAssignments>().PrefetchAsync("u1", "user", null, new CancellationToken(canceled: true));

        Assert.True(prepared.IsCompletedSuccessfully);
    }

    public ValueTask DisposeAsync()
    {
        _store.Hang!.TrySetResult();
        return _lab.DisposeAsync();
    }
}

namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>Calls whose end is recorded.</summary>
public sealed class OutcomeTests
{
    private const string Subject = PastExperiment<IOutcomes>.Subject;

    public static TheoryData<string, Func<IOutcomes, Task<string>>> Members => new()
    {
        { nameof(IOutcomes.Run), proxy => Calls.Done(() => proxy.Run(Subject)) },
        { nameof(IOutcomes.Get), proxy => Task.FromResult(proxy.Get(Subject, 5)) },
        { nameof(IOutcomes.RunTask), proxy => Calls.Done(proxy.RunTask(Subject)) },
        { nameof(IOutcomes.GetTask), proxy => proxy.GetTask(Subject) },
        { nameof(IOutcomes.RunValueTask), proxy => Calls.Done(proxy.RunValueTask(Subject).AsTask()) },
        { nameof(IOutcomes.GetValueTask), proxy => proxy.GetValueTask(Subject).AsTask() },
        { nameof(IOutcomes.GetStream), proxy => Calls.First(proxy.GetStream(Subject)) },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Success_is_recorded_for_every_kind_of_method(string member, Func<IOutcomes, Task<string>> call)
    {
        await using var experiment = PastExperiment<IOutcomes>.Of<Failing, Answering>();

        await call(experiment.Proxy);

        Assert.Equal("new", Assert.Single(experiment.Exposures).VariantKey);
        var outcome = Assert.Single(experiment.Outcomes);
        Assert.Equal((member, OutcomeResult.Success, "new", Subject), (outcome.OutcomeName, outcome.Result, outcome.VariantKey, outcome.SubjectId));
        Assert.NotNull(outcome.ExposureEventId);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Failure_is_recorded_for_every_kind_of_method(string member, Func<IOutcomes, Task<string>> call)
    {
        await using var experiment = PastExperiment<IOutcomes>.Of<Answering, Failing>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call(experiment.Proxy));

        var outcome = Assert.Single(experiment.Outcomes);
        Assert.Equal((member, OutcomeResult.Failure, typeof(InvalidOperationException).FullName), (outcome.OutcomeName, outcome.Result, outcome.ErrorType));
    }

    [Fact]
    public async Task Attributes_are_in_the_exposure_of_an_observed_call()
    {
        await using var experiment = PastExperiment<IOutcomes>.Of<Failing, Answering>();

        experiment.Proxy.Get(Subject, 5);

        Assert.Equal(5L, Convert.ToInt64(Assert.Single(experiment.Exposures).Attributes!["items"], null));
    }

    private sealed class Answering : IOutcomes
    {
        public void Run(string user)
        {
        }

        public string Get(string user, int items) => "answer";

        public Task RunTask(string user) => Task.CompletedTask;

        public Task<string> GetTask(string user) => Task.FromResult("answer");

        public ValueTask RunValueTask(string user) => ValueTask.CompletedTask;

        public ValueTask<string> GetValueTask(string user) => new("answer");

        public async IAsyncEnumerable<string> GetStream(string user)
        {
            await Task.Yield();
            yield return "answer";
        }
    }

    private sealed class Failing : IOutcomes
    {
        public void Run(string user) => throw new InvalidOperationException();

        public string Get(string user, int items) => throw new InvalidOperationException();

        public Task RunTask(string user) => Task.FromException(new InvalidOperationException());

        public Task<string> GetTask(string user) => Task.FromException<string>(new InvalidOperationException());

        public ValueTask RunValueTask(string user) => ValueTask.FromException(new InvalidOperationException());

        public ValueTask<string> GetValueTask(string user) => ValueTask.FromException<string>(new InvalidOperationException());

        public IAsyncEnumerable<string> GetStream(string user) => throw new InvalidOperationException();
    }
}

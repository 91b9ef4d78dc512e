namespace ExperimentFramework.DataPlane.PastProxies.Tests;

/// <summary>Members with nothing else around the call.</summary>
public sealed class MemberTests
{
    private const string Subject = PastExperiment<IMembers>.Subject;

    public static TheoryData<string, Func<IMembers, Task<string>>, string> Members => new()
    {
        { "void", proxy => Calls.Done(() => proxy.Run(Subject)), Calls.Nothing },
        { "value", proxy => Task.FromResult(proxy.Get(Subject)), "new" },
        { "Task", proxy => Calls.Done(proxy.RunTask(Subject)), Calls.Nothing },
        { "Task<T>", proxy => proxy.GetTask(Subject), "new" },
        { "ValueTask", proxy => Calls.Done(proxy.RunValueTask(Subject).AsTask()), Calls.Nothing },
        { "ValueTask<T>", proxy => proxy.GetValueTask(Subject).AsTask(), "new" },
        { "stream", proxy => Calls.First(proxy.GetStream(Subject)), "new" },
    };

    [Fact]
    public async Task The_proxy_is_the_one_in_the_binary()
    {
        await using var experiment = PastExperiment<IMembers>.Of<Control, New>();

        Assert.Same(typeof(IMembers).Assembly, experiment.Proxy.GetType().Assembly);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public async Task Every_kind_of_method_exposes_and_answers(string kind, Func<IMembers, Task<string>> call, string answer)
    {
        await using var experiment = PastExperiment<IMembers>.Of<Control, New>();

        Assert.Equal((kind, answer), (kind, await call(experiment.Proxy)));

        var exposure = Assert.Single(experiment.Exposures);
        Assert.Equal(("past-members", "new", Subject), (exposure.ExperimentName, exposure.VariantKey, exposure.SubjectId));
    }

    [Fact]
    public async Task A_member_that_does_not_expose_is_served_by_the_same_variant()
    {
        await using var experiment = PastExperiment<IMembers>.Of<Control, New>();

        Assert.Equal("new", experiment.Proxy.Unexposed(Subject));
        Assert.Empty(experiment.Exposures);
    }

    [Fact]
    public async Task Properties_and_events_stay_on_one_variant_and_do_not_expose()
    {
        await using var experiment = PastExperiment<IMembers>.Of<Control, New>();
        var proxy = experiment.Proxy;
        var raised = 0;
        void Count(object? sender, EventArgs arguments) => raised++;

        proxy.Changed += Count;
        proxy.Name = "other";
        proxy.Changed -= Count;
        proxy.Name = "another";

        Assert.Equal(("another", 1), (proxy.Name, raised));
        Assert.Empty(experiment.Exposures);
    }

    [Fact]
    public async Task Properties_and_events_that_are_tagged_expose()
    {
        await using var experiment = PastExperiment<IProperties>.Of<Properties, Properties>();
        var proxy = experiment.Proxy;
        var raised = 0;
        void Count(object? sender, EventArgs arguments) => raised++;

        proxy.Changed += Count;
        proxy.Name = "other";

        Assert.Equal(("other", "3", 1), (proxy.Name, proxy[3], raised));
        Assert.NotEmpty(experiment.Exposures);
        Assert.All(experiment.Exposures, exposure => Assert.Equal(("past-properties", "new"), (exposure.ExperimentName, exposure.VariantKey)));
    }

    private class Control : IMembers
    {
        private string _name = "";

        public event EventHandler? Changed;

        public string Name
        {
            get => _name;
            set
            {
                _name = value;
                Changed?.Invoke(this, EventArgs.Empty);
            }
        }

        protected virtual string Answer => "control";

        public void Run(string user)
        {
        }

        public string Get(string user) => Answer;

        public Task RunTask(string user) => Task.CompletedTask;

        public Task<string> GetTask(string user) => Task.FromResult(Answer);

        public ValueTask RunValueTask(string user) => ValueTask.CompletedTask;

        public ValueTask<string> GetValueTask(string user) => new(Answer);

        public async IAsyncEnumerable<string> GetStream(string user)
        {
            await Task.Yield();
            yield return Answer;
        }

        public string Unexposed(string user) => Answer;
    }

    private sealed class New : Control
    {
        protected override string Answer => "new";
    }

    private sealed class Properties : IProperties
    {
        private string _name = "";

        public event EventHandler? Changed;

        public string Name
        {
            get => _name;
            set
            {
                _name = value;
                Changed?.Invoke(this, EventArgs.Empty);
            }
        }

        public string this[int index] => $"{index}";
    }
}

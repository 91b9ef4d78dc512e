using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Logged by hand and without an id, what a call was served is found by the flow of control that made it, however late it was answered.</summary>
public sealed class ExplicitFlowTests
{
    /// <summary>None of them asynchronous itself: that would be a flow of its own.</summary>
    public static TheoryData<string, Func<IGuarded, string, Task>> Members => new()
    {
        { "Task<T>", (service, subject) => service.RunAsync(subject) },
        { "Task", (service, subject) => service.DoAsync(subject) },
        { "ValueTask<T>", (service, subject) => service.RunValueAsync(subject).AsTask() },
        { "ValueTask", (service, subject) => service.DoValueAsync(subject).AsTask() },
        { "stream", (service, subject) => service.Items(subject).ToListAsync().AsTask() },
        { "void", (service, subject) => { service.Do(subject, "call"); return Task.CompletedTask; } },
    };

    public static TheoryData<string, Func<IPatient, Task>> WaitingMembers => new()
    {
        { "Task<T>", patient => patient.TaskAsync("u1") },
        { "ValueTask<T>", patient => patient.ValueTaskAsync("u1").AsTask() },
        { "Task", patient => patient.PlainTaskAsync("u1", []) },
        { "ValueTask", patient => patient.PlainValueTaskAsync("u1", []).AsTask() },
        { "stream", patient => patient.Items("u1").ToListAsync().AsTask() },
        { "generic", patient => patient.EchoAsync("u1", "b") },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_call_that_may_fall_back_is_the_last_one_whoever_answers(string member, Func<IGuarded, string, Task> call)
    {
        foreach (var failure in new[] { null, new InvalidOperationException("broken") })
        {
            await using var fixture = Guarded(new Flaky { Failure = failure });
            await using var scope = fixture.Scope();
            var (service, logger) = Services<IGuarded>(scope);
            await service.RunAsync("first");

            await call(service, "second");

            Assert.True(await logger.LogExposureAsync(), member);
            var exposure = Assert.Single(fixture.Exposures);
            Assert.Equal(("second", failure is null ? "b" : "control"), (exposure.SubjectId, exposure.VariantKey));
        }
    }

    [Fact]
    public async Task A_call_that_is_not_answered_leaves_the_one_before_in_its_place()
    {
        var variant = new Flaky();
        await using var fixture = Guarded(variant);
        await using var scope = fixture.Scope();
        var (service, logger) = Services<IGuarded>(scope);
        await service.RunAsync("first");

        _ = service.Items("never enumerated");

        Assert.True(await logger.LogExposureAsync());
        Assert.Equal("first", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public async Task A_call_that_is_answered_while_later_ones_are_under_way_is_the_last_one()
    {
        await using var fixture = Guarded(new Flaky());
        await using var scope = fixture.Scope();
        var (service, logger) = Services<IGuarded>(scope);

        var answered = service.Items("answered");
        for (var i = 0; i < 10; i++)
        {
            _ = service.Items($"under way {i}");
        }

        Assert.False(await logger.LogExposureAsync());
        await answered.ToListAsync();
        Assert.True(await logger.LogExposureAsync());
        Assert.Equal("answered", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public async Task What_a_flow_remembers_of_calls_that_never_answer_is_bounded()
    {
        await using var fixture = Guarded(new Flaky());
        await using var scope = fixture.Scope();
        var (service, logger) = Services<IGuarded>(scope);
        await service.RunAsync("answered");
        for (var i = 0; i < 100_000; i++)
        {
            _ = service.Items($"never enumerated {i}");
        }

        // A chain of all of them would be too long to be followed.
        Assert.True(await logger.LogExposureAsync());
        Assert.Equal("answered", Assert.Single(fixture.Exposures).SubjectId);
    }

    [Fact]
    public async Task Flows_beside_each_other_know_only_their_own()
    {
        await using var fixture = Guarded(new Flaky());
        await using var scope = fixture.Scope();
        var (service, logger) = Services<IGuarded>(scope);
        await service.RunAsync("before both");

        async Task<bool> Request(string user)
        {
            await service.RunAsync(user);
            await Task.Yield();
            return await logger.LogExposureAsync();
        }

        await Task.WhenAll(Request("alice"), Request("bob"));
        await logger.LogExposureAsync();

        Assert.Equal(["alice", "bob"], fixture.Exposures.Take(2).Select(exposure => exposure.SubjectId).Order());
        Assert.Equal("before both", fixture.Exposures[2].SubjectId);
    }

    [Theory]
    [MemberData(nameof(WaitingMembers))]
    public async Task A_call_that_waits_for_its_assignment_is_the_last_one(string member, Func<IPatient, Task> call)
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IPatient>(trial => trial
                .AddControl<ControlPatient>()
                .AddVariant<OtherPatient>("b")
                .Using(new FixedSelector("b"))
                .WithPolicy(AssignmentPolicy.SubjectSticky)
                .WithSemantics(ExposureSemantics.Explicit)),
            services: services => services.AddAssignmentStore(new FaultyStore()));
        await using var scope = fixture.Scope();
        var (patient, logger) = Services<IPatient>(scope);

        await call(patient);

        Assert.True(await logger.LogExposureAsync(), member);
        Assert.Equal("u1", Assert.Single(fixture.Exposures).SubjectId);
    }

    private static DataPlaneFixture Guarded(Flaky variant) => DataPlaneFixture.With(
        experiments => experiments.Trial<IGuarded>(trial => trial
            .AddControl<SteadyFlaky>()
            .AddVariant<Flaky>("b")
            .Using(new FixedSelector("b"))
            .OnErrorFallbackToControl()
            .WithSemantics(ExposureSemantics.Explicit)),
        services: services => services.AddSingleton(variant));

    private static (TService Service, IExposureLogger<TService> Logger) Services<TService>(AsyncServiceScope scope)
        where TService : class =>
        (scope.ServiceProvider.GetRequiredService<TService>(), scope.ServiceProvider.GetRequiredService<IExposureLogger<TService>>());
}

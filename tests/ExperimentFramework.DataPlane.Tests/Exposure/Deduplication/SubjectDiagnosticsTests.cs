using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Subjects that no analysis can use are one warning: none is ever known, or none ever comes back.</summary>
public sealed class SubjectDiagnosticsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_provider_that_never_knows_a_subject_is_warned_about_once(string? answer)
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, services: services => services.AddSingleton<ISubjectIdentityProvider>(new FixedSubject(answer)));
        var greeter = fixture.Get<IGreeter>();

        Repeat(99, () => greeter.GreetSomeone());
        Assert.Equal(0, Warnings(fixture, 65));
        Repeat(200, () => greeter.GreetSomeone());

        Assert.Equal(1, Warnings(fixture, 65));
        Assert.Equal(299, fixture.Exposures.Count);
    }

    [Fact]
    public async Task A_subject_that_is_known_now_and_then_is_not_warned_about()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet("u");
        Repeat(300, () => greeter.Greet(null));

        Assert.Equal(0, Warnings(fixture, 65));
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task A_subject_that_is_new_on_every_call_is_warned_about_once(ExposureSemantics semantics)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(semantics));
        var greeter = fixture.Get<IGreeter>();
        var calls = 0;

        Repeat(999, () => greeter.Greet($"request-{++calls}"));
        Assert.Equal(0, Warnings(fixture, 66));
        Repeat(2_000, () => greeter.Greet($"request-{++calls}"));

        Assert.Equal(1, Warnings(fixture, 66));
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task One_subject_that_comes_back_is_enough(ExposureSemantics semantics)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(semantics));
        var greeter = fixture.Get<IGreeter>();
        var calls = 0;

        Repeat(500, () => greeter.Greet($"user-{++calls}"));
        greeter.Greet("user-1");
        Repeat(2_000, () => greeter.Greet($"user-{++calls}"));

        Assert.Equal(0, Warnings(fixture, 66));
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static int Warnings(DataPlaneFixture fixture, int id) => fixture.Logs.Count(record => record.Id.Id == id && record.Level == LogLevel.Warning);
}

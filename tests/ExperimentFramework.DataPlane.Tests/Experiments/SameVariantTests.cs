using System.Text.Json;
using System.Text.Json.Serialization;
using ExperimentFramework.DataPlane.Tests.Assignment;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>A subject gets one variant, whichever way and in whichever process it is asked for.</summary>
public sealed class SameVariantTests
{
    private const int Subjects = 2_000;

    [Theory]
    [InlineData(AssignmentPolicy.BestEffort)]
    [InlineData(AssignmentPolicy.GloballySticky)]
    public async Task By_interface_by_name_and_by_the_bootstrap_data_of_another_process(AssignmentPolicy policy)
    {
        var store = new FaultyStore(isShared: true);
        await using var here = Process(policy, store);
        await using var there = Process(policy, store);
        var random = new Random(18);
        var variants = new HashSet<string>();

        for (var i = 0; i < Subjects; i++)
        {
            var subject = Convert.ToBase64String(BitConverter.GetBytes(random.NextInt64()));
            var byName = (await here.Get<IExperiments>().DecideAsync("greeting", subject, "user", cancellationToken: TestContext.Current.CancellationToken)).VariantKey;
            var banner = here.Get<IExperiments>().Decide("banner", subject, "user");
            var page = await BootstrapAsync(there, subject);

            Assert.Equal(here.Get<IGreeter>().Greet(subject), byName == "b" ? "bonjour" : "hello");
            Assert.Equal(there.Get<IGreeter>().Greet(subject), byName == "b" ? "bonjour" : "hello");
            Assert.Equal(byName, here.Get<IExperiments>().VariantOf<IGreeter>(subject, "user"));
            Assert.Equal(byName, page["greeting"].Variant);
            Assert.Equal((banner.VariantKey, banner.GetValue<int>("discount")), (page["banner"].Variant, ((JsonElement)page["banner"].Values["discount"]).GetInt32()));
            variants.UnionWith([byName, banner.VariantKey]);
        }

        Assert.Equal(["b", "big", "control", "small"], variants.Order(StringComparer.Ordinal));
    }

    /// <summary>The page's data as JSON, written and read without reflection.</summary>
    private static async Task<Dictionary<string, BootstrapExperiment>> BootstrapAsync(DataPlaneFixture process, string subject)
    {
        var decisions = await process.Get<IExperiments>().DecideAllAsync(subject, "user", cancellationToken: TestContext.Current.CancellationToken);
        var json = JsonSerializer.Serialize(
            decisions.ToDictionary(decision => decision.ExperimentName, decision => new BootstrapExperiment(decision.VariantKey, decision.Values)),
            BootstrapJson.Default.DictionaryStringBootstrapExperiment);
        return JsonSerializer.Deserialize(json, BootstrapJson.Default.DictionaryStringBootstrapExperiment)!;
    }

    private static DataPlaneFixture Process(AssignmentPolicy policy, FaultyStore store) => DataPlaneFixture.With(
        experiments => experiments
            .Trial<IGreeter>(trial => trial.AddControl<Hello>(2).AddVariant<Bonjour>("b").WithPolicy(policy))
            .Experiment("banner", banner =>
            {
                banner.AddValue("discount", 0).WithPolicy(policy);
                banner.AddControl().AddVariant("small", 0.5).WithValue("discount", 5).AddVariant("big").WithValue("discount", 10);
            }),
        services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddAssignmentStore(store));
}

internal sealed record BootstrapExperiment(string Variant, IReadOnlyDictionary<string, object> Values);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Dictionary<string, BootstrapExperiment>))]
[JsonSerializable(typeof(int))]
internal sealed partial class BootstrapJson : JsonSerializerContext;

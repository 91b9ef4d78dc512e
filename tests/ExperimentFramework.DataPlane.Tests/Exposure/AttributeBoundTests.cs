using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>What a call's attributes can hold is bounded, so that a record is.</summary>
public sealed class AttributeBoundTests
{
    private const int MaxLength = 16;

    [Theory]
    [InlineData("0123456789abcdef", "0123456789abcdef")]
    [InlineData("0123456789abcdefg", "0123456789abcde…")]
    [InlineData("0123456789abcd\ud83d\ude00z", "0123456789abcd…")]
    [InlineData("", "")]
    public async Task Text_is_cut_at_its_bound_and_marked(string text, string kept) => Assert.Equal(kept, await KeptAsync(text));

    [Fact]
    public async Task Collections_keep_their_first_items_and_each_text_is_cut()
    {
        Assert.Equal(Enumerable.Range(0, MaxLength).Select(i => (long)i), Assert.IsType<long[]>(await KeptAsync(Enumerable.Range(0, 100).ToArray())));
        Assert.Equal(["0123456789abcde…", "short"], Assert.IsType<string[]>(await KeptAsync(new[] { "0123456789abcdefg", "short" })));
        var entries = Assert.IsType<Dictionary<string, object?>>(
            await KeptAsync(Enumerable.Range(0, 100).ToDictionary(i => $"k{i}", i => (object?)(i == 0 ? "0123456789abcdefg" : i))));
        Assert.Equal(MaxLength, entries.Count);
        Assert.Equal("0123456789abcde…", entries["k0"]);
    }

    private static async Task<object?> KeptAsync(object value)
    {
        await using var lab = Lab.With(
            builder => builder.Trial<ITagged>(trial => trial.AddControl<Tagged>()),
            options => options.MaxAttributeLength = MaxLength,
            services => services.AddSingleton<Tagged>());
        lab.Get<ITagged>().Note("u1", value);
        return Assert.Single(lab.Exposures).Attributes!["value"];
    }
}

[ExposureLogged("tagged")]
public interface ITagged
{
    void Note([ExposureSubject] string subject, [ExposureAttribute] object value);
}

public sealed class Tagged : ITagged
{
    public void Note(string subject, object value)
    {
    }
}

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP1001 names the accessibility of a member as it is written.</summary>
public sealed class MemberAccessMessageTests
{
    private const string Using = "using ExperimentFramework.DataPlane; ";

    [Theory]
    [InlineData("[ExposureLogged] public interface [|IBad|] { private protected void Inner(); }", "'IBad.Inner()' cannot be forwarded, because it is private protected and cannot be called on a variant")]
    [InlineData("[ExposureLogged] public interface [|IBad|] { int Value { get; private protected set; } }", "'IBad.Value' cannot be forwarded, because its setter is private protected and cannot be called on a variant")]
    [InlineData("[ExposureLogged] public interface [|IBad|] { int Value { protected get; set; } }", "'IBad.Value' cannot be forwarded, because its getter is protected and cannot be called on a variant")]
    [InlineData("[ExposureLogged] public interface [|IBad|] { sealed int Run() => Hook(); private protected int Hook() => 1; }", "'IBad.Hook()' cannot be forwarded, because it is private protected and called by interface code")]
    [InlineData("[ExposureLogged] public interface [|IBad|] : IForeign { }", "'IForeign.Inner()' cannot be forwarded, because it is protected internal and cannot be called on a variant")]
    [InlineData("[ExposureLogged] public interface [|IBad|] : IForeignProperty { }", "'IForeignProperty.Value' cannot be forwarded, because its setter is protected internal and cannot be called on a variant")]
    [InlineData("[ExposureLogged] public interface [|IBad|] : IHidden { }", "'IHidden.Inner()' cannot be forwarded, because it is internal and cannot be called on a variant")]
    public async Task The_message_says_why_a_member_cannot_be_called(string source, string message)
    {
        var analyzed = await AnalyzerVerifier.OfAsync(Using + source, Library);

        analyzed.Expect("DP1001");
        Assert.StartsWith("'IBad' cannot have an exposure proxy: " + message, analyzed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[ExposureLogged] public interface IGood { protected internal void Inner(); }")]
    [InlineData("[ExposureLogged] public interface IGood { int Value { get; protected internal set; } void Run(); }")]
    public async Task What_is_protected_internal_here_is_internal_here(string source) => (await AnalyzerVerifier.OfAsync(Using + source)).Expect();

    private const string Library = """
        public interface IForeign { protected internal void Inner(); }
        public interface IForeignProperty { int Value { get; protected internal set; } }
        public interface IHidden { internal void Inner(); }
        """;
}

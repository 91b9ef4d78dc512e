namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Which members of an interface with fallback can be called again.</summary>
public sealed class FallbackTests
{
    [Theory]
    [InlineData("string Get([ExposureSubject] string user);")]
    [InlineData("void Run([ExposureSubject] string user, in Cart cart);")]
    [InlineData("void Run([ExposureSubject] string user, System.Span<int> values);")]
    [InlineData("System.Threading.Tasks.Task RunAsync([ExposureSubject] string user);")]
    [InlineData("System.Collections.Generic.IAsyncEnumerable<int> StreamAsync([ExposureSubject] string user);")]
    public void A_member_falls_back_if_its_call_can_be_repeated(string member) => Assert.True(FallsBack(member));

    [Theory]
    [InlineData("System.Span<int> Get([ExposureSubject] string user);")]
    [InlineData("Slice Get([ExposureSubject] string user);")]
    [InlineData("ref int Get([ExposureSubject] string user);")]
    [InlineData("void Run([ExposureSubject] string user, ref int number);")]
    [InlineData("void Run([ExposureSubject] string user, out int number);")]
    [InlineData("System.Threading.Tasks.Task RunAsync([ExposureSubject] string user, in Cart cart);")]
    [InlineData("System.Threading.Tasks.Task RunAsync([ExposureSubject] string user, System.Span<int> values);")]
    public void A_member_does_not_fall_back_if_its_call_cannot_be_repeated(string member) => Assert.False(FallsBack(member));

    private static bool FallsBack(string member)
    {
        var proxy = ProxyCompiler.CompileCleanly($$"""
            using ExperimentFramework.DataPlane;

            [ExposureLogged(FallbackToControl = true)] public interface IShop { {{member}} }
            public struct Cart { }
            public ref struct Slice { }
            """).SyntaxTrees.Last().ToString();

        return proxy.Contains("variant =>", StringComparison.Ordinal) || proxy.Contains("TryFallBack(", StringComparison.Ordinal);
    }
}

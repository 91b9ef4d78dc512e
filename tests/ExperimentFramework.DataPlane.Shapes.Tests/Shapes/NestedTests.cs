namespace ExperimentFramework.DataPlane.Shapes.Tests.Shapes;

public sealed partial class NestedTests
{
    [Fact]
    public void Nested_in_a_type_the_proxy_stands_beside_it()
    {
        using var served = ServedExposure<Outer.INested>.By(new Outer.Nested());

        Assert.Equal("nested", served.Proxy.Name("u1"));
    }

    [Fact]
    public void Nested_in_generic_types_the_proxy_carries_their_type_parameters()
    {
        using var served = ServedExposure<Outer<int>.Middle<string>.INested<bool>>.With(
            builder => builder.Trial<Outer<int>.Middle<string>.INested<bool>>(trial => trial.AddControl<DeeplyNested>()), _ => { });

        Assert.Equal((1, "x", true), served.Proxy.All(1, "x", true));
    }

    [Fact]
    public void Private_nested_in_partial_parents_the_proxy_is_nested_too()
    {
        using var served = ServedExposure<IPrivate>.By(new Private());
        Assert.Equal("private", served.Proxy.Name("u1"));

        Assert.Equal("hidden", Hidden.Run());
    }

    [Fact]
    public void Two_interfaces_of_one_simple_name_have_a_proxy_each()
    {
        using var one = ServedExposure<First.ISame>.By(new First.Same());
        using var other = ServedExposure<Second.ISame>.By(new Second.Same());

        Assert.Equal(("first", "second"), (one.Proxy.Name("u1"), other.Proxy.Name("u1")));
    }

    [Fact]
    public void Two_parts_of_one_partial_interface_are_one_proxy()
    {
        using var served = ServedExposure<IParts>.By(new Parts());

        Assert.Equal("onetwo", served.Proxy.One("u1") + served.Proxy.Two("u1"));
    }

    [ExposureLogged]
    private interface IPrivate
    {
        string Name([ExposureSubject] string subject);
    }

    private sealed class Private : IPrivate
    {
        public string Name(string subject) => "private";
    }

    internal static partial class Hidden
    {
        public static string Run()
        {
            using var served = ServedExposure<Deeper.IHidden>.By(new Deeper.Hidden());
            return served.Proxy.Name("u1");
        }

        private partial struct Deeper
        {
            [ExposureLogged]
            internal interface IHidden
            {
                string Name([ExposureSubject] string subject);
            }

            internal sealed class Hidden : IHidden
            {
                public string Name(string subject) => "hidden";
            }
        }
    }
}

public static class Outer
{
    [ExposureLogged]
    public interface INested
    {
        string Name([ExposureSubject] string subject);
    }

    public sealed class Nested : INested
    {
        public string Name(string subject) => "nested";
    }
}

public static class Outer<TOuter>
{
    public static class Middle<TMiddle>
        where TMiddle : class
    {
        [ExposureLogged]
        public interface INested<TInner>
        {
            (TOuter, TMiddle, TInner) All(TOuter outer, TMiddle middle, TInner inner);
        }
    }
}

public sealed class DeeplyNested : Outer<int>.Middle<string>.INested<bool>
{
    public (int, string, bool) All(int outer, string middle, bool inner) => (outer, middle, inner);
}

public static class First
{
    [ExposureLogged("first")]
    public interface ISame
    {
        string Name([ExposureSubject] string subject);
    }

    public sealed class Same : ISame
    {
        public string Name(string subject) => "first";
    }
}

public static class Second
{
    [ExposureLogged("second")]
    public interface ISame
    {
        string Name([ExposureSubject] string subject);
    }

    public sealed class Same : ISame
    {
        public string Name(string subject) => "second";
    }
}

[ExposureLogged]
public partial interface IParts
{
    string One([ExposureSubject] string subject);
}

public partial interface IParts
{
    string Two([ExposureSubject] string subject);
}

public sealed class Parts : IParts
{
    public string One(string subject) => "one";

    public string Two(string subject) => "two";
}

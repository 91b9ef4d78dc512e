using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Prints the members of a proxy.</summary>
internal static class MemberEmitter
{
    public static void Emit(MemberModel member, string service, SourceWriter writer)
    {
        switch (member)
        {
            case MethodModel { AfterCall: { } afterCall } method:
                AfterCallEmitter.Emit(method, afterCall, service, writer);
                break;
            case MethodModel method:
                writer.Line($"{method.Signature} =>");
                writer.Indented($"{(method.ReturnsByRef ? "ref " : "")}{Through(method.Cast, method.Entry)}{method.Call};");
                break;
            case DelegatedModel delegated:
                writer.Line($"{delegated.Signature} => {delegated.Expression};");
                break;
            case PropertyModel property:
                EmitProperty(property, writer);
                break;
            case EventModel @event:
                writer.Open($"event {@event.Signature}");
                writer.Line($"add => {@event.Target} += value;");
                writer.Line($"remove => {@event.Target} -= value;");
                writer.Close();
                break;
        }
    }

    /// <summary>The expression, seen as the interface that declares the member.</summary>
    public static string Through(string cast, string expression) => cast.Length == 0 ? expression : $"(({cast}){expression})";

    private static void EmitProperty(PropertyModel property, SourceWriter writer)
    {
        writer.Open(property.Signature);
        if (property.HasGetter)
        {
            writer.Line($"get => {(property.ReturnsByRef ? "ref " : "")}{property.Target};");
        }

        switch (property.Setter)
        {
            case SetterKind.Set:
                writer.Line($"set => {property.Target} = value;");
                break;
            case SetterKind.Init:
                writer.Line("init => throw new global::System.NotSupportedException(\"An init accessor cannot be forwarded to a variant that exists already.\");");
                break;
        }

        writer.Close();
    }
}

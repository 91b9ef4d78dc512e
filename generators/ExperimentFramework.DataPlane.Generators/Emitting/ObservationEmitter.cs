using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>
/// Prints members whose end the proxy has to see. Where control may answer, the run time is handed the call, to make it again; a call that
/// cannot be handed on has a loop around it.
/// </summary>
internal static class ObservationEmitter
{
    public static void Emit(MethodModel method, ObservationModel after, SourceWriter writer)
    {
        if (after.Fallback is { Method: { } again } handed)
        {
            writer.Line($"{method.Signature} =>");
            writer.Indented(
                $"{method.Entry}.{again}({handed.VariantLocal} => {VariantExpression.Through(method.Cast, handed.VariantLocal)}{method.Call}{handed.CancellationToken}){NotNull(after)};");
            return;
        }

        writer.Open(method.Signature);
        writer.Line($"var {after.CallLocal} = {method.Entry};");
        if (after.Fallback is { } fallback)
        {
            writer.Open("while (true)");
            EmitTry(method, after, writer);
            writer.Line(Catch(after, fallback.CancellationToken));
            writer.Line("{");
            writer.Line("}");
            writer.Close();
        }
        else
        {
            EmitTry(method, after, writer);
            writer.Open(Catch(after, ""));
            writer.Line("throw;");
            writer.Close();
        }

        writer.Close();
    }

    private static void EmitTry(MethodModel method, ObservationModel after, SourceWriter writer)
    {
        var served = VariantExpression.Through(method.Cast, $"{after.CallLocal}.Serve()") + method.Call;
        writer.Open("try");
        switch (after)
        {
            case { Shape: ObservationShape.Synchronous, ReturnsValue: false }:
                writer.Line($"{served};");
                writer.Line($"{after.CallLocal}.Completed();");
                writer.Line("return;");
                break;
            case { Shape: ObservationShape.Synchronous }:
                var byRef = method.ByRef.Length > 0 ? "ref " : "";
                writer.Line($"{method.ByRef}{after.AnswerType} {after.AnswerLocal} = {byRef}{served};");
                writer.Line($"{after.CallLocal}.Completed();");
                writer.Line($"return {byRef}{after.AnswerLocal};");
                break;
            default:
                writer.Line($"return {after.CallLocal}.Observe({served});");
                break;
        }

        writer.Close();
    }

    private static string Catch(ObservationModel after, string cancellationToken) =>
        $"catch (global::System.Exception {after.ErrorLocal}) when ({after.CallLocal}.FallsBack({after.ErrorLocal}{cancellationToken}))";

    /// <summary>A task or stream is null where the variant gave null, which is the variant's own affair.</summary>
    private static string NotNull(ObservationModel after) => after.MayBeNull && after.Shape != ObservationShape.Synchronous ? "!" : "";
}

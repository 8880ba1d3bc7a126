/** Does nothing: what is reported is the agent's own. Ends when its standard input does. */
public class Idle {
    public static void main(String[] arguments) throws java.io.IOException {
        System.out.println("idle");
        while (System.in.read() >= 0) { }
    }
}

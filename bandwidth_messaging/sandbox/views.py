Q = "DELETE " + "FROM x"
